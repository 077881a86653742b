//go:build amd64 && !purego

package point

// prefetch asks for the two cache lines of an entry, and does not wait for them.
//
//go:noescape
func prefetch(n *niels)
