package rates

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Client asks the rate service.
type Client struct{ URL string }

var httpClient = &http.Client{Timeout: 5 * time.Second}

// Latest returns the latest rate from base to quote.
func (c *Client) Latest(ctx context.Context, base, quote string) (string, error) {
	query := url.Values{"base": {base}, "quote": {quote}}
	address := fmt.Sprintf("%s/latest?%s", c.URL, query.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := httpClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("rate %s to %s: %s", base, quote, response.Status)
	}
	var answer struct {
		Rate string `json:"rate"`
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Rate, err
}
