package parcel_test

import (
	"fmt"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// BenchmarkVerify checks packages of 20 persons and 50 ballots, as many at once
// as there are processors.
func BenchmarkVerify(b *testing.B) {
	o := parceltest.Options{Votes: make([][]int, 50)}
	for i := range 20 {
		o.People = append(o.People, meeting.Person{Name: fmt.Sprintf("Nguyễn Văn Thứ %d", i+1), Post: "Trưởng phòng"})
	}
	for i := range o.Votes {
		for j := range o.People {
			o.Votes[i] = append(o.Votes[i], (i+j)%4-1)
		}
	}
	c := parceltest.New(b, o)
	file, _ := c.Pack(b)
	checker := new(parcel.Checker)
	b.SetBytes(int64(len(file)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := checker.Verify(b.Context(), file); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkRead takes such a file apart without verifying it.
func BenchmarkRead(b *testing.B) {
	file, _ := good(b).Pack(b)
	for b.Loop() {
		if _, err := new(parcel.Checker).Read(file); err != nil {
			b.Fatal(err)
		}
	}
}
