import Testing

/// A module of ours (a target of `Package.swift`), and the modules that it may import. The table is the law:
/// `Package.swift` may declare less, never more, and an import needs its declaration.
struct Module: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: String
    /// Modules of ours.
    let ours: Set<String>
    /// Modules of third-party packages.
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

    static let all: [Module] = [
        Module("CLibXML2", system: false), Module("CCurl", system: false), Module("CIDN", system: false),
        Module("CAres", system: false), Module("CPhoneNumber", system: false), Module("CRE2", system: false),
        Module("CBuildFacts", system: false), Module("CMemory", system: false),
        Module("Patterns", ["CRE2"], system: false),

        Module("XML", ["Basics", "CLibXML2"], system: false),
        Module("XMPP", ["Basics", "XML", "CIDN"], foreign: ["Crypto"], system: false),
        Module(
            "Networking", ["Basics", "CAres"],
            foreign: network.union(["NIOSSL", "NIOTLS", "Logging", "Crypto", "DequeModule"])),
        Module("ComponentLink", ["Basics", "XMPP", "XML", "Networking"], foreign: network.union(["Logging"])),
        Module("Basics"),
        Module("GatewayKit", ["Basics"], system: false),
        Module("Registry", ["GatewayKit"], foreign: ["Crypto"]),
        Module("SQLiteStore", ["GatewayKit", "Registry"], foreign: ["GRDB", "Logging"]),
        Module(
            "GatewayCore", ["Basics", "XMPP", "XML", "GatewayKit", "Registry"], foreign: ["DequeModule", "Logging"],
            system: false
        ),
        Module(
            "HTTP", ["Basics", "CCurl"],
            foreign: network.union(["NIOHTTP1", "NIOHTTPTypes", "HTTPTypes", "ServiceLifecycle", "Logging"])),

        Module(
            "IRCAdapter", in: "gateways/irc/Sources", ["Basics", "GatewayKit", "Networking"],
            foreign: network.union(["Crypto", "DequeModule", "Logging"])),
        Module(
            "SMSAdapter", in: "gateways/sms/Sources",
            ["Basics", "GatewayKit", "HTTP", "Networking", "CPhoneNumber", "Patterns"],
            foreign: ["NIOCore", "NIOSSL", "Crypto", "CryptoExtras", "Logging"]),
        Module("LoopbackAdapter", in: "gateways/loopback/Sources", ["GatewayKit"], system: false),
        Module("TemplateAdapter", in: "gateways/template/Sources", ["GatewayKit"], system: false),

        Module("BiboumiImport", foreign: ["GRDB"]),
        Module("Operations", ["Basics"], foreign: ["Logging", "Metrics", "CoreMetrics"]),
        Module("Settings", ["Basics", "GatewayKit", "Patterns"], foreign: ["Yams"]),
        Module(
            "GatewayTesting",
            [
                "Basics", "XML", "XMPP", "Networking", "ComponentLink", "GatewayKit", "Registry", "SQLiteStore",
                "GatewayCore",
                "HTTP", "Operations", "Settings",
            ],
            foreign: network.union(["NIOEmbedded", "Logging"])),
        Module(
            "martlet",
            [
                "Basics", "BiboumiImport", "CBuildFacts", "CMemory", "XML", "XMPP", "Networking", "ComponentLink",
                "GatewayKit",
                "Registry",
                "SQLiteStore",
                "GatewayCore", "HTTP",
                "Operations",
                "Settings", "IRCAdapter", "LoopbackAdapter", "SMSAdapter", "TemplateAdapter",
            ],
            foreign: network.union([
                "Logging", "Metrics", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "DequeModule",
            ])),
        Module("embed-profiles"),

        // A program only if Scripts/fuzz asks for it, otherwise tests.
        Module(
            "martlet-fuzz", in: "Tests/Fuzz",
            [
                "Basics", "CExpat", "GatewayCore", "GatewayKit", "GatewayTesting", "HTTP", "IRCAdapter", "Patterns",
                "Registry",
                "SMSAdapter", "Settings", "XML", "XMPP",
            ],
            foreign: ["Crypto", "DequeModule", "NIOCore", "NIOEmbedded", "NIOHTTP1", "Logging"]),

        // These see the program from outside, as its users do.
        Module("CSQLite", in: "Tests/CSQLite", system: false),
        Module("CExpat", in: "Tests/CExpat", system: false),
        Module("TestCertificates", in: "Tests/Certificates"),
        Module(
            "ServerRig", in: "Tests/Rig", ["CSQLite"], foreign: ["NIOCore", "NIOPosix", "NIOSSL", "Crypto"]),
        Module("martlet-demo", in: "Tests/Demo", ["ServerRig"]),
        Module("martlet-matrix", in: "Tests/Matrix", ["ServerRig"]),
        Module("CEpoll", in: "Benchmarks/CEpoll", system: false),
        Module("martlet-sms-load", in: "Benchmarks/SMS", ["ServerRig"]),
        Module("martlet-bench", in: "Benchmarks/Bench", ["CEpoll", "ServerRig"], foreign: ["ArgumentParser"]),
    ]
}
