import GatewayKit

extension IRCNetwork {
    /// Reads the key `nickserv`: a map, or `off`.
    static func service(_ reader: ConfigReader) -> AccountService? {
        if case .scalar(let text)? = reader.node("nickserv")?.value {
            if text != "off" {
                reader.report("nickserv", "'\(text)' is neither off nor a map of nick, host and command")
            }
            return nil
        }
        var service = AccountService()
        guard let inner = reader.map("nickserv") else { return service }
        defer { inner.finish() }
        service.target = inner.string("nick") ?? service.target
        service.host = inner.string("host")
        service.command = inner.string("command") ?? service.command
        if MiddleParameter(service.target) == nil {
            inner.report("nick", "'\(service.target)' is no nick, and no nick@server")
        }
        if !service.command.contains("{password}") {
            inner.report("command", "'\(service.command)' has no {password}, which stands for the user's password")
        }
        return service
    }
}
