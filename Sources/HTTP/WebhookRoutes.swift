/// Takes one request and answers it by calling its second argument.
package typealias WebhookHandler =
    @Sendable (WebhookRequest, _ answer: @escaping @Sendable (WebhookReply) -> Void) -> Void

/// Which handler serves which path. The longest prefix wins; a prefix ends at a `/` of the path.
struct WebhookRoutes: Sendable {
    struct Route: Sendable {
        let prefix: String
        let methods: Set<HTTPMethod>
        let handler: WebhookHandler
    }

    /// Longest first.
    private var routes: [Route] = []

    /// Adds a route, in place of one with the same prefix. `/hooks` and `/hooks/` are the same; `/` takes all.
    mutating func add(_ prefix: String, methods: Set<HTTPMethod>, handler: @escaping WebhookHandler) {
        remove(prefix)
        routes.append(Route(prefix: Self.trim(prefix), methods: methods, handler: handler))
        routes.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    mutating func remove(_ prefix: String) {
        let trimmed = Self.trim(prefix)
        routes.removeAll { $0.prefix == trimmed }
    }

    /// - Returns: the route, and what of `path` follows its prefix.
    func match(_ path: Substring) -> (route: Route, rest: Substring)? {
        for route in routes where path.hasPrefix(route.prefix) {
            let rest = path.dropFirst(route.prefix.count)
            if rest.isEmpty || rest.first == "/" { return (route, rest) }
        }
        return nil
    }

    private static func trim(_ prefix: String) -> String {
        var trimmed = Substring(prefix)
        while trimmed.last == "/" { trimmed.removeLast() }
        return String(trimmed)
    }
}
