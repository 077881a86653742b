package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestDistIsWhatTheSourcesGive(t *testing.T) {
	files, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../dist", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: dist is stale; run go generate ./web", name)
		}
	}
	entries, err := os.ReadDir("../dist")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := slices.Sorted(maps.Keys(files)); !slices.Equal(names, want) {
		t.Errorf("dist holds %v, want %v", names, want)
	}
}

func TestBuildDoesNotDependOnWhereItRuns(t *testing.T) {
	here, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	web, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	there, err := build(web)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(here, there, bytes.Equal) {
		t.Error("another working directory gives other bytes")
	}
}

func TestBuildRefusesMissingSources(t *testing.T) {
	if files, err := build(t.TempDir()); err == nil {
		t.Errorf("%d files from an empty folder", len(files))
	}
}
