package export

import (
	"net/http"
	"path/filepath"
)

// Download serves the export that ?file= names, and nothing outside of folder.
func Download(folder string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("file")
		if !filepath.IsLocal(name) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Disposition", "attachment")
		http.ServeFile(w, r, filepath.Join(folder, name))
	}
}
