import ArgumentParser
import Basics

/// The XMPP servers for which `martlet init` writes the lines.
enum XMPPSoftware: String, CaseIterable, ExpressibleByArgument {
    case prosody, ejabberd, openfire

    /// The address at which the server accepts components, unless the operator has changed it.
    var usualAddress: Endpoint { Endpoint(host: "127.0.0.1", port: self == .openfire ? 5275 : 5347) }

    /// Whether each component has a port of its own. In ejabberd, components on one port receive each other's stanzas.
    var hasPortPerComponent: Bool { self == .ejabberd }
}
