import Testing

/// What one room (target) may touch. The table is the law: `Package.swift` may declare less, never more, and an
/// import needs its declaration.
struct Room: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String
    /// Rooms of ours.
    let ours: Set<String>
    /// Modules of packages.
    let foreign: Set<String>
    /// Whether it may see the operating system: Foundation, the C library, threads.
    let system: Bool

    init(
        _ name: String, in folder: String? = nil, _ ours: Set<String> = [], foreign: Set<String> = [],
        system: Bool = true
    ) {
        self.name = name
        self.folder = folder ?? "Sources/\(name)"
        self.ours = ours
        self.foreign = foreign
        self.system = system
    }

    var testDescription: String { name }

    static let systemModules: Set = [
        "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc", "Musl", "Darwin",
    ]

    private static let network: Set = ["NIOCore", "NIOPosix", "NIOConcurrencyHelpers"]

    static let all: [Room] = [
        Room("CLibXML2", system: false), Room("CCurl", system: false), Room("CIDN", system: false),
        Room("CAres", system: false), Room("CPhoneNumber", system: false), Room("CAllocator", system: false),

        Room("XML", ["CLibXML2"], system: false),
        Room("XMPP", ["Basics", "XML", "CIDN"], foreign: ["Crypto"], system: false),
        Room("Networking", ["CAres"], foreign: network.union(["NIOSSL", "NIOTLS", "Logging", "Crypto"])),
        Room("ComponentLink", ["XMPP", "XML", "Networking"], foreign: network.union(["Logging"])),
        Room("Basics"),
        Room("GatewayKit", ["Basics"], system: false),
        Room("Registry", ["GatewayKit"], foreign: ["Crypto"]),
        Room("SQLiteStore", ["GatewayKit", "Registry"], foreign: ["GRDB", "Logging"]),
        Room(
            "GatewayCore", ["Basics", "XMPP", "XML", "GatewayKit", "Registry"], foreign: ["DequeModule", "Logging"],
            system: false
        ),
        Room(
            "HTTP", ["Basics", "CCurl"],
            foreign: network.union(["NIOHTTP1", "NIOHTTPTypes", "HTTPTypes", "ServiceLifecycle", "Logging"])),

        Room(
            "IRCAdapter", in: "gateways/irc/Sources", ["Basics", "GatewayKit", "Networking"],
            foreign: network.union(["DequeModule", "Logging"])),
        Room(
            "SMSAdapter", in: "gateways/sms/Sources", ["Basics", "GatewayKit", "HTTP", "CPhoneNumber"],
            foreign: ["NIOCore", "Crypto", "Logging"]),
        Room("TemplateAdapter", in: "gateways/template/Sources", ["GatewayKit"], system: false),

        Room("Operations", foreign: ["Logging", "Metrics", "CoreMetrics"]),
        Room("Settings", ["Basics", "GatewayKit"], foreign: ["Yams"]),
        Room(
            "GatewayTesting",
            [
                "XML", "XMPP", "Networking", "ComponentLink", "GatewayKit", "Registry", "SQLiteStore", "GatewayCore",
                "HTTP", "Operations", "Settings",
            ],
            foreign: network.union(["NIOEmbedded", "Logging"])),
        Room(
            "martlet",
            [
                "CAllocator", "XML", "XMPP", "Networking", "ComponentLink", "GatewayKit", "Registry", "SQLiteStore",
                "GatewayCore", "HTTP",
                "Operations",
                "Settings", "IRCAdapter", "SMSAdapter", "TemplateAdapter",
            ],
            foreign: network.union([
                "Logging", "Metrics", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "DequeModule",
            ])),
        Room("embed-profiles"),

        // A program only when asked for, see Scripts/fuzz; otherwise tests.
        Room(
            "martlet-fuzz", in: "Tests/Fuzz",
            [
                "Basics", "CExpat", "GatewayCore", "GatewayKit", "GatewayTesting", "HTTP", "IRCAdapter", "Registry",
                "SMSAdapter", "Settings", "XML", "XMPP",
            ],
            foreign: ["DequeModule", "NIOCore", "NIOEmbedded", "NIOHTTP1", "Logging"]),

        // They see the program from outside, as its users do.
        Room("CSQLite", in: "Tests/CSQLite", system: false),
        Room("CExpat", in: "Tests/CExpat", system: false),
        Room("ServerRig", in: "Tests/Rig", ["CSQLite"]),
        Room("martlet-demo", in: "Tests/Demo", ["ServerRig"]),
        Room("martlet-matrix", in: "Tests/Matrix", ["ServerRig"]),
        Room("CEpoll", in: "Benchmarks/CEpoll", system: false),
        Room("martlet-sms-load", in: "Benchmarks/SMS", ["ServerRig"]),
        Room("martlet-bench", in: "Benchmarks/Bench", ["CEpoll", "ServerRig"], foreign: ["ArgumentParser"]),
    ]
}
