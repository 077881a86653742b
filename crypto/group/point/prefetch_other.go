//go:build !amd64 || purego

package point

func prefetch(*niels) {}
