package profiles

import "strings"

// Hardware is a family of servers that is certified for the platform. The list is what was
// read on a day: a server that is not on it may be certified all the same.
type Hardware struct {
	// Maker is a part of the maker's name as firmware reports it, such as Dell.
	Maker string `yaml:"maker"`
	// Model is what the model's name begins with, such as AX-.
	Model  string `yaml:"model"`
	Source Source `yaml:",inline"`
}

func (h Hardware) holds(maker, model string) bool {
	maker, model = strings.ToLower(maker), strings.ToLower(model)
	return strings.Contains(maker, strings.ToLower(h.Maker)) && strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(model, maker)), strings.ToLower(h.Model))
}
