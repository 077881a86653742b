package api

import (
	"bytes"
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
)

// A receipt is drawn as long as one code holds it, and is otherwise a file alone.
func TestReceiptCode(t *testing.T) {
	if _, err := receiptCode(bytes.Repeat([]byte("a"), mostInCode)); err != nil {
		t.Errorf("the largest code: %v", err)
	}
	if _, err := receiptCode(bytes.Repeat([]byte("a"), mostInCode+1)); !errors.Is(err, box.ErrNotFound) {
		t.Errorf("more than the largest code: %v", err)
	}
}
