import Basics

/// All answers to `martlet init`, each of them checked.
struct InitAnswers: Equatable {
    /// The domain of the XMPP server, whose users may use the gateways.
    var domain: String
    var software: XMPPSoftware
    /// The address at which the XMPP server accepts components.
    var server: Endpoint
    /// The bare JID of the operator; nil for none.
    var admin: String?
    /// At least one, at most one of each kind.
    var gateways: [PlannedGateway]
    /// The folder of the configuration and its secrets: an absolute path.
    var folder: String
    /// The folder of the registry: an absolute path.
    var data: String

    var configuration: String { "\(folder)/martlet.yaml" }

    /// The address for the gateway with this number.
    func server(of number: Int) -> Endpoint {
        Endpoint(host: server.host, port: server.port + (software.hasPortPerComponent ? number : 0))
    }
}

/// One gateway that `martlet init` sets up.
struct PlannedGateway: Equatable {
    enum Network: Equatable {
        /// The names of networks that ship with Martlet.
        case irc([String])
        case sms(ProviderAnswers)
        case loopback
    }

    /// The domain of the component.
    var domain: String
    var network: Network

    /// The id of the adapter. Files of this gateway begin with it.
    var adapter: String {
        switch network {
        case .irc: "irc"
        case .sms: "sms"
        case .loopback: "loopback"
        }
    }
}

/// The account with a provider of text messages.
struct ProviderAnswers: Equatable {
    struct Setting: Equatable {
        let name: String
        let value: String
        let isSecret: Bool
    }

    struct Number: Equatable {
        let number: String
        /// The bare JID of the user who gets the number; nil for nobody.
        let owner: String?
    }

    var provider: String
    var settings: [Setting]
    var numbers: [Number]
    /// The URL by which the provider reaches Martlet.
    var publicURL: String
}
