//go:build !amd64 || purego

package group

type laneTable struct{}

func newLaneTable(*Element) laneTable { return laneTable{} }

// runInLanes is for processors with the instructions of package lanes.
func (b *Batch) runInLanes() bool { return false }
