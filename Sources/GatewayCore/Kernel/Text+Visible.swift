import GatewayKit

extension Text {
    /// Reads a body as a client sends it: `/me` begins an action (XEP-0245).
    init(said body: String) {
        guard body.utf8.starts(with: "/me ".utf8) else {
            self.init(body)
            return
        }
        self.init(String(Substring(body.utf8.dropFirst(4))), form: .action)
    }

    /// The text as clients show it: actions in the `/me` form (XEP-0245).
    var visible: String { form == .action ? "/me \(body)" : body }
}
