package planner

// A queue holds levels of nodes, the one that the next pod goes to on top: a binary heap.
type queue []waiting

// A waiting level is chosen by its key, the lowest first, and of like ones by its place.
type waiting struct {
	key   float64
	level int
}

func (w waiting) before(o waiting) bool {
	return w.key < o.key || w.key == o.key && w.level < o.level
}

// order makes a queue of any list.
func (q queue) order() {
	for i := len(q)/2 - 1; i >= 0; i-- {
		q.sink(i)
	}
}

func (q *queue) push(w waiting) {
	*q = append(*q, w)
	list := *q
	for i := len(list) - 1; i > 0; {
		parent := (i - 1) / 2
		if !list[i].before(list[parent]) {
			return
		}
		list[i], list[parent] = list[parent], list[i]
		i = parent
	}
}

func (q *queue) pop() waiting {
	list := *q
	top := list[0]
	list[0] = list[len(list)-1]
	*q = list[:len(list)-1]
	q.sink(0)
	return top
}

// sink lets the entry at a place down to where it belongs.
func (q queue) sink(i int) {
	for {
		least := 2*i + 1
		if least >= len(q) {
			return
		}
		if right := least + 1; right < len(q) && q[right].before(q[least]) {
			least = right
		}
		if !q[least].before(q[i]) {
			return
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}
