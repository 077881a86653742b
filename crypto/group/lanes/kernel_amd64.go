//go:build amd64 && !purego

package lanes

//go:noescape
func mul(z, x, y *Field)

//go:noescape
func square(z, x *Field, n int)

//go:noescape
func add(z, x, y *Field)

//go:noescape
func sub(z, x, y *Field)

//go:noescape
func double(p *Points, n int)

//go:noescape
func cache(c *Cached, p *Points, d2 *Field)

//go:noescape
func addCached(p *Points, c *Cached, negative uint64)

//go:noescape
func addNiels(p *Points, n *Niels, negative uint64)

//go:noescape
func gather(to, from *uint64, offsets *[8]uint64, blocks int)

//go:noescape
func scatter(to, from *uint64, offsets *[8]uint64, blocks int)

//go:noescape
func prefetch(from *uint64, offsets *[8]uint64)
