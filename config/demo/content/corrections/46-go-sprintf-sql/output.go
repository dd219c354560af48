package search

import (
	"database/sql"
	"fmt"
)

// ByCity returns the merchants of a city in the order the page asks for.
func ByCity(db *sql.DB, city, order string) (*sql.Rows, error) {
	if order == "" {
		order = "name"
	}
	query := fmt.Sprintf(
		"SELECT id, name, turnover FROM merchants WHERE city = '%s' ORDER BY %s", city, order,
	)
	return db.Query(query)
}
