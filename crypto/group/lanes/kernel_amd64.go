//go:build amd64 && !purego

package lanes

// What stands before each function in kernel_amd64.s says what it does. Arguments are
// tight; those of mul, add and sub need only limbs below 2^52.

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
func fetch(to, from *uint64, offsets *[8]uint64)

//go:noescape
func accumulate(buckets *uint64, links *Cached, digits *uint64, positions int)

//go:noescape
func addEntries(p *Points, table, digits *uint64, n int)
