pub struct Route {
    pub prefix: String,
    pub upstream: String,
}

pub struct Router {
    routes: Vec<Route>,
}

impl Router {
    /// The upstream whose prefix is the longest match for `path`.
    pub fn upstream(&self, path: &str) -> Option<&str> {
        self.routes
            .iter()
            .filter(|route| path.starts_with(&route.prefix))
            .max_by_key(|route| route.prefix.len())
            .map(|route| route.upstream.as_str())
    }
}
