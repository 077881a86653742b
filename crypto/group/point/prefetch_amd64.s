//go:build amd64 && !purego

#include "textflag.h"

// func prefetch(n *niels)
TEXT ·prefetch(SB), NOSPLIT, $0-8
	MOVQ       n+0(FP), AX
	PREFETCHT0 (AX)
	PREFETCHT0 64(AX)
	RET
