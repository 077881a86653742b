package tally

import "github.com/homphieu/homphieu/crypto/group"

// Logarithm searches n with image = g^n, up to bound.
func Logarithm(bound int, image *group.Element) (int, bool) { return newLogarithms(bound).find(image) }
