import GatewayKit
import XML
import XMPP

extension Text {
    /// The text of a client's message. A body that begins with `/me ` is an action (XEP-0245).
    init(said body: String, in message: Message) {
        // Most messages have nothing but a body, so they need no search.
        let allowsEmphasis =
            message.payload.count == 1 || message.first("unstyled", namespace: Unstyled.namespace) == nil
        guard body.utf8.starts(with: "/me ".utf8) else {
            self.init(body, allowsEmphasis: allowsEmphasis)
            return
        }
        self.init(String(Substring(body.utf8.dropFirst(4))), form: .action, allowsEmphasis: allowsEmphasis)
    }

    /// The elements that show the text to clients: its body, and `<unstyled/>` if its marks are no emphasis.
    var elements: [Element] { allowsEmphasis ? [Message.body(visible)] : [Message.body(visible), Unstyled().element] }

    /// The message body for clients. The body of an action begins with `/me ` (XEP-0245), and that of a notice with
    /// `[notice] `.
    var visible: String {
        switch form {
        case .plain: body
        case .action: "/me \(body)"
        case .notice: "[notice] \(body)"
        }
    }
}
