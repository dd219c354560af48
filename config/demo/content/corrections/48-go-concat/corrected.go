package statements

import (
	"fmt"
	"strings"
)

// Entry is one booked amount, in cents.
type Entry struct {
	Date      string
	Mark      string
	Cents     int64
	Reference string
}

// Lines renders entries as the :61: lines of an MT940 statement.
func Lines(entries []Entry) string {
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, ":61:%s%s%d,%02d%s\r\n", e.Date, e.Mark, e.Cents/100, e.Cents%100, e.Reference)
	}
	return text.String()
}
