package export

import (
	"encoding/csv"
	"errors"
	"os"
)

// WriteAll writes records to path, after the header when there is one.
func WriteAll(path string, header []string, records [][]string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	writer := csv.NewWriter(file)
	if len(header) > 0 {
		if err := writer.Write(header); err != nil {
			return err
		}
	}
	return writer.WriteAll(records)
}
