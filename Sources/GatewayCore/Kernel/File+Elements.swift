import GatewayKit
import XML
import XMPP

extension File {
    /// The elements that show the file to clients: its URL as body, and marked as a link to a file (XEP-0066, XEP-0447).
    /// Clients show the file itself only if the body is exactly the URL, so a network better sends a caption as a message
    /// of its own.
    var elements: [Element] {
        let isShown = ["image/", "video/", "audio/"].contains { mediaType?.hasPrefix($0) ?? false }
        let shared = SharedFile(
            [address], FileMetadata(mediaType: mediaType, name: name, size: size),
            disposition: isShown ? .inline : .attachment)
        return [Message.body(asText.body), LinkedFile(address).element, shared.element]
    }
}
