package auth

import (
	"sync"
	"time"
)

// Session is who is signed in, and until when.
type Session struct {
	User    string
	Expires time.Time
}

// Store keeps sessions in memory; its methods may be called from many goroutines.
type Store struct {
	mu       sync.RWMutex
	sessions map[string]Session
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{sessions: map[string]Session{}}
}

// Put keeps a session under its id.
func (s *Store) Put(id string, session Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[id] = session
}

// Get returns the session, if it has not expired.
func (s *Store) Get(id string, now time.Time) (Session, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	session, ok := s.sessions[id]
	return session, ok && now.Before(session.Expires)
}

// Sweep drops what has expired.
func (s *Store) Sweep(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, session := range s.sessions {
		if !now.Before(session.Expires) {
			delete(s.sessions, id)
		}
	}
}
