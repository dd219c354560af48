package search

import (
	"database/sql"
	"fmt"
)

var byCity = map[string]string{
	"":         "SELECT id, name, turnover FROM merchants WHERE city = $1 ORDER BY name",
	"name":     "SELECT id, name, turnover FROM merchants WHERE city = $1 ORDER BY name",
	"city":     "SELECT id, name, turnover FROM merchants WHERE city = $1 ORDER BY city",
	"turnover": "SELECT id, name, turnover FROM merchants WHERE city = $1 ORDER BY turnover DESC",
}

// ByCity returns the merchants of a city in the order the page asks for.
func ByCity(db *sql.DB, city, order string) (*sql.Rows, error) {
	query, known := byCity[order]
	if !known {
		return nil, fmt.Errorf("merchants cannot be ordered by %q", order)
	}
	return db.Query(query, city)
}
