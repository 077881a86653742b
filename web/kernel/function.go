package kernel

// A function in the making. Its locals are its parameters, then numbers, then
// vectors.
type function struct {
	index, params    uint32
	numbers, vectors uint32
	body             []byte
}

// A value is what leaves one i32 or one vector on the stack.
type value interface{ push(f *function) }

// A constant is an i32.
type constant int32

func (c constant) push(f *function) { f.emit(append([]byte{opConst}, signed(int32(c))...)...) }

// A local is a variable, or a parameter.
type local uint32

func (l local) push(f *function) { f.emit(append([]byte{opGet}, unsigned(uint32(l))...)...) }

// A place is an address: so many bytes behind another.
type place struct {
	base value
	off  uint32
}

func (p place) push(f *function) {
	p.base.push(f)
	if p.off > 0 {
		constant(p.off).push(f)
		f.emit(opAdd)
	}
}

// at is the place that many bytes behind p.
func (p place) at(bytes int) place { return place{p.base, p.off + uint32(bytes)} }

// An operation is an instruction and what it works on.
type operation struct {
	code []byte
	of   []value
}

func (o operation) push(f *function) {
	for _, v := range o.of {
		v.push(f)
	}
	f.emit(o.code...)
}

// compute is an operation with two numbers.
func compute(op byte, a, b value) value { return operation{[]byte{op}, []value{a, b}} }

// element is the place number i in a row of things that have so many bytes.
func element(row place, i value, bytes int) place {
	return place{compute(opAdd, row, compute(opMul, i, constant(bytes))), 0}
}

// read is the number at a place.
func read(op byte, p place) value {
	return operation{append([]byte{op, 0}, unsigned(p.off)...), []value{p.base}}
}

// vectors is an operation with two vectors, which leaves one.
func vectors(op uint32, a, b value) value {
	return operation{append([]byte{opSIMD}, unsigned(op)...), []value{a, b}}
}

// loaded is the vector at a place, which is a multiple of 16.
func loaded(p place) value {
	return operation{append([]byte{opSIMD, vLoad, align16}, unsigned(p.off)...), []value{p.base}}
}

// firsts is the vector of the first half of a, then the first half of b.
func firsts(a, b value) value {
	code := []byte{opSIMD, vPick}
	for _, from := range []byte{0, 16} {
		for i := range byte(8) {
			code = append(code, from+i)
		}
	}
	return operation{code, []value{a, b}}
}

func (f *function) emit(b ...byte) { f.body = append(f.body, b...) }

// param is a parameter that is an address.
func (f *function) param(i int) place { return place{local(i), 0} }

// number makes a variable, before the first vector is made.
func (f *function) number() local {
	if f.vectors > 0 {
		panic("kernel: number behind a vector")
	}
	f.numbers++
	return local(f.params + f.numbers - 1)
}

// A vector is a variable of two floating-point numbers.
type vector = local

func (f *function) vector() vector {
	f.vectors++
	return local(f.params + f.numbers + f.vectors - 1)
}

// let gives a variable a value.
func (f *function) let(l local, v value) {
	v.push(f)
	f.emit(append([]byte{opSet}, unsigned(uint32(l))...)...)
}

// write puts a number at a place.
func (f *function) write(p place, v value) {
	p.base.push(f)
	v.push(f)
	f.emit(append([]byte{opStore, 0}, unsigned(p.off)...)...)
}

// store puts a vector at a place, which is a multiple of 16.
func (f *function) store(p place, v value) {
	p.base.push(f)
	v.push(f)
	f.emit(append([]byte{opSIMD, vStore, align16}, unsigned(p.off)...)...)
}

// copyBytes copies so many bytes.
func (f *function) copyBytes(to, from place, bytes int) {
	to.push(f)
	from.push(f)
	constant(bytes).push(f)
	f.emit(opBulk, opCopy, 0, 0)
}

// call calls a function.
func (f *function) call(g *function, args ...value) {
	if len(args) != int(g.params) {
		panic("kernel: wrong number of arguments")
	}
	for _, v := range args {
		v.push(f)
	}
	f.emit(append([]byte{opCall}, unsigned(g.index)...)...)
}

// when does something if a number is not 0.
func (f *function) when(v value, do func()) {
	v.push(f)
	f.emit(opIf, noResult)
	do()
	f.emit(opEnd)
}

// either does one thing if a number is not 0, else another.
func (f *function) either(v value, do, or func()) {
	v.push(f)
	f.emit(opIf, noResult)
	do()
	f.emit(opElse)
	or()
	f.emit(opEnd)
}

// count does something with i = 0, 1 … n − 1, at least once.
func (f *function) count(i local, n value, do func()) {
	f.let(i, constant(0))
	f.emit(opLoop, noResult)
	do()
	f.let(i, compute(opAdd, i, constant(1)))
	compute(opLess, i, n).push(f)
	f.emit(opBranchIf, 0, opEnd)
}

// countDown does something with i = n − 1 … 1, 0, at least once.
func (f *function) countDown(i local, n value, do func()) {
	f.let(i, n)
	f.emit(opLoop, noResult)
	f.let(i, compute(opSub, i, constant(1)))
	do()
	i.push(f)
	f.emit(opBranchIf, 0, opEnd)
}
