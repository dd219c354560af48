package rates

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Client asks the rate service.
type Client struct{ URL string }

// Latest returns the latest rate from base to quote.
func (c *Client) Latest(ctx context.Context, base, quote string) (string, error) {
	query := url.Values{"base": {base}, "quote": {quote}}
	response, err := http.Get(fmt.Sprintf("%s/latest?%s", c.URL, query.Encode()))
	if err != nil {
		return "", err
	}
	var answer struct {
		Rate string `json:"rate"`
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Rate, err
}
