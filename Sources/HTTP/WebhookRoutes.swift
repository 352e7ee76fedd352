/// Takes one request and answers it by calling its second argument.
package typealias WebhookHandler =
    @Sendable (WebhookRequest, _ answer: @escaping @Sendable (WebhookReply) -> Void) -> Void

/// Finds the route of a path, and the part of the path behind the route's prefix.
typealias WebhookMatch = @Sendable (Substring) -> (route: WebhookRoutes.Route, rest: Substring)?

/// The handlers of all served paths. The longest prefix wins; a prefix ends at a `/` of the path.
struct WebhookRoutes: Sendable {
    struct Route: Sendable {
        let prefix: String
        let methods: Set<HTTPMethod>
        /// Whether only the path itself is served, and nothing below it.
        var isExact = false
        let handler: WebhookHandler
    }

    /// The routes, those with the longest prefix first.
    private var routes: [Route] = []

    /// Adds a route; it replaces a route with the same prefix. `/hooks` and `/hooks/` are the same prefix; `/` takes
    /// every path.
    mutating func add(_ route: Route) {
        remove(route.prefix)
        routes.append(route)
        routes.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    mutating func remove(_ prefix: String) {
        let trimmed = Self.trim(prefix)
        routes.removeAll { $0.prefix == trimmed }
    }

    /// - Returns: the route, and the part of `path` behind its prefix. A path with a dot segment has no route: a proxy
    ///   may have removed the segment before it decided that the path is allowed (RFC 3986 §5.2.4, §6.2.2.3).
    func match(_ path: Substring) -> (route: Route, rest: Substring)? {
        guard !Self.hasDotSegment(path) else { return nil }
        for route in routes where path.hasPrefix(route.prefix) {
            let rest = path.dropFirst(route.prefix.count)
            let isBelow = rest.first == "/"
            let isRoot = rest == "/" && route.prefix.isEmpty
            if rest.isEmpty || isRoot || !route.isExact && isBelow { return (route, rest) }
        }
        return nil
    }

    /// Whether a segment is `.` or `..`, percent-encoded or not.
    private static func hasDotSegment(_ path: Substring) -> Bool {
        path.split(separator: "/").contains { segment in
            guard segment.utf8.count <= 6 else { return false }
            let plain = segment.lowercased().replacing("%2e", with: ".")
            return plain == "." || plain == ".."
        }
    }

    fileprivate static func trim(_ prefix: String) -> String {
        var trimmed = Substring(prefix)
        while trimmed.last == "/" { trimmed.removeLast() }
        return String(trimmed)
    }
}

extension WebhookRoutes.Route {
    /// Makes a route. A slash at the end of the prefix is ignored.
    init(
        _ prefix: String, methods: Set<HTTPMethod>, isExact: Bool = false, handler: @escaping WebhookHandler
    ) {
        self.init(prefix: WebhookRoutes.trim(prefix), methods: methods, isExact: isExact, handler: handler)
    }
}
