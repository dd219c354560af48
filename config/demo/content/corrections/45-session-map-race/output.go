package auth

import "time"

// Session is who is signed in, and until when.
type Session struct {
	User    string
	Expires time.Time
}

// Store keeps sessions in memory.
type Store struct{ sessions map[string]Session }

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{sessions: map[string]Session{}}
}

// Put keeps a session under its id.
func (s *Store) Put(id string, session Session) {
	s.sessions[id] = session
}

// Get returns the session, if it has not expired.
func (s *Store) Get(id string, now time.Time) (Session, bool) {
	session, ok := s.sessions[id]
	return session, ok && now.Before(session.Expires)
}

// Sweep drops what has expired.
func (s *Store) Sweep(now time.Time) {
	for id, session := range s.sessions {
		if !now.Before(session.Expires) {
			delete(s.sessions, id)
		}
	}
}
