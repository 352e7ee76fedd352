import GatewayKit
import XML
import XMPP

extension Input {
    /// An estimate of the memory that the input takes while it waits, in bytes. It visits each element but copies no
    /// text.
    var roughBytes: Int {
        switch self {
        case .stanza(.message(let message)): message.head.roughBytes + message.payload.roughBytes
        case .stanza(.presence(let presence)):
            presence.head.roughBytes + presence.payload.roughBytes + (presence.status?.utf8.count ?? 0)
        case .stanza(.iq(let iq)): iq.head.roughBytes + iq.payload.roughBytes
        case .event(_, .message(let message), _): Self.least + message.content.roughBytes
        default: Self.least
        }
    }

    /// The estimate for the smallest input.
    fileprivate static let least = 256
}

extension StanzaHead {
    fileprivate var roughBytes: Int { Input.least + (id?.utf8.count ?? 0) + (lang?.utf8.count ?? 0) }
}

extension Content {
    /// Counts only texts. An unloaded user has events only from stored addresses, and these carry only texts.
    fileprivate var roughBytes: Int { if case .text(let text) = self { text.body.utf8.count } else { 0 } }
}

extension [Element] {
    /// The recursion is bounded, because the parser limits the depth of elements.
    fileprivate var roughBytes: Int { reduce(0) { $0 + $1.roughBytes } }
}

extension Element {
    fileprivate var roughBytes: Int {
        let own = MemoryLayout<Element>.stride + attributes.count * MemoryLayout<Attribute>.stride
        let values = attributes.reduce(0) { $0 + $1.value.utf8.count }
        return own + values + text.utf8.count + elements.roughBytes
    }
}
