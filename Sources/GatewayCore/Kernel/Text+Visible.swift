import GatewayKit

extension Text {
    /// The text of a client's message body. A body that begins with `/me ` is an action (XEP-0245).
    init(said body: String) {
        guard body.utf8.starts(with: "/me ".utf8) else {
            self.init(body)
            return
        }
        self.init(String(Substring(body.utf8.dropFirst(4))), form: .action)
    }

    /// The message body for clients. The body of an action begins with `/me ` (XEP-0245).
    var visible: String { form == .action ? "/me \(body)" : body }
}
