package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCommittedAssembly: the assembly that is committed is what this program
// writes. The first line names the command, whose paths may differ.
func TestCommittedAssembly(t *testing.T) {
	written := filepath.Join(t.TempDir(), "kernel_amd64.s")
	if out, err := exec.Command("go", "run", ".", "-out", written).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !bytes.Equal(withoutFirstLine(t, "../kernel_amd64.s"), withoutFirstLine(t, written)) {
		t.Error("../kernel_amd64.s is not what the generator writes: go generate ./crypto/group/lanes")
	}
}

func withoutFirstLine(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	if len(rest) == 0 {
		t.Fatalf("%s is empty", path)
	}
	return rest
}
