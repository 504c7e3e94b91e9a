package packing

// A Loss is losses that mean the same: of hosts that are like each other.
type Loss struct {
	// Lost are the losses, each by the hosts' places in the list.
	Lost [][]int
	// Answer is for the first of them. The placement of another is the same with like hosts in
	// each other's place.
	Answer Answer
}

// Losses answers for every loss of n hosts, 0, 1 or 2. Losses come in the order of their hosts.
func (p *Problem) Losses(n int) []Loss {
	if n == 0 {
		return []Loss{{Lost: [][]int{nil}, Answer: p.Answer()}}
	}
	class := make([]int, len(p.hosts))
	_, like := classes(p.hosts)
	for c, list := range like {
		for _, i := range list {
			class[i] = c
		}
	}
	var list []Loss
	at := map[[2]int]int{}
	note := func(key [2]int, lost ...int) {
		i, known := at[key]
		if !known {
			i = len(list)
			at[key], list = i, append(list, Loss{Answer: p.Answer(lost...)})
		}
		list[i].Lost = append(list[i].Lost, lost)
	}
	for i := range p.hosts {
		if n == 1 {
			note([2]int{class[i], -1}, i)
			continue
		}
		for j := i + 1; j < len(p.hosts); j++ {
			note([2]int{min(class[i], class[j]), max(class[i], class[j])}, i, j)
		}
	}
	return list
}
