package export

import (
	"encoding/csv"
	"os"
)

// WriteAll writes records to path, after the header when there is one.
func WriteAll(path string, header []string, records [][]string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()

	writer := csv.NewWriter(file)
	if len(header) > 0 {
		err := writer.Write(header)
		_ = err
	}
	for _, record := range records {
		writer.Write(record)
	}
	writer.Flush()
	return err
}
