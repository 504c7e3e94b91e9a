package timeline

import "time"

// An event takes a turn at its moment; events of one moment go by seq. A nil run has
// been called off.
type event struct {
	at  time.Time
	seq uint64
	run func(*Turn)
}

func (e *event) before(o *event) bool {
	if e.at.Equal(o.at) {
		return e.seq < o.seq
	}
	return e.at.Before(o.at)
}

// heap is a binary heap of events, earliest first.
type heap struct{ items []*event }

// peek returns the next event that has not been called off, or nil.
func (h *heap) peek() *event {
	for len(h.items) > 0 && h.items[0].run == nil {
		h.pop()
	}
	if len(h.items) == 0 {
		return nil
	}
	return h.items[0]
}

func (h *heap) push(e *event) {
	h.items = append(h.items, e)
	i := len(h.items) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !h.items[i].before(h.items[parent]) {
			return
		}
		h.items[i], h.items[parent] = h.items[parent], h.items[i]
		i = parent
	}
}

func (h *heap) pop() *event {
	top := h.items[0]
	last := len(h.items) - 1
	h.items[0] = h.items[last]
	h.items[last] = nil
	h.items = h.items[:last]
	i := 0
	for {
		child := 2*i + 1
		if child >= last {
			return top
		}
		if child+1 < last && h.items[child+1].before(h.items[child]) {
			child++
		}
		if !h.items[child].before(h.items[i]) {
			return top
		}
		h.items[i], h.items[child] = h.items[child], h.items[i]
		i = child
	}
}
