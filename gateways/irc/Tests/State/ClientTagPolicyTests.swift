import Testing

@testable import IRCAdapter

struct ClientTagPolicyTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        let token: String?
        let react: Bool
        let reply: Bool
        var testDescription: String { token ?? "no token" }

        init(_ token: String?, react: Bool, reply: Bool) {
            self.token = token
            self.react = react
            self.reply = reply
        }
    }

    static let samples = [
        Sample(nil, react: true, reply: true),
        Sample("CLIENTTAGDENY", react: true, reply: true),
        Sample("CLIENTTAGDENY=", react: true, reply: true),
        Sample("CLIENTTAGDENY=*", react: false, reply: false),
        Sample("CLIENTTAGDENY=typing,draft/react", react: false, reply: true),
        Sample("CLIENTTAGDENY=draft/reply,", react: true, reply: false),
        Sample("CLIENTTAGDENY=draft/reac,react,+draft/react,DRAFT/REACT", react: true, reply: true),
        Sample("CLIENTTAGDENY=*,-draft/react", react: true, reply: false),
        Sample("CLIENTTAGDENY=*,-draft/react,-draft/reply", react: true, reply: true),
        Sample("CLIENTTAGDENY=*,draft/react", react: false, reply: false),
        // The star counts only as the first item.
        Sample("CLIENTTAGDENY=draft/reply,*", react: true, reply: false),
        Sample("CLIENTTAGDENY=-draft/react", react: true, reply: true),
    ]

    @Test("A server passes on the client-only tags that CLIENTTAGDENY allows", arguments: samples)
    func policy(_ sample: Sample) {
        var support = ServerSupport()
        if let token = sample.token { support.apply(["me", token, "are supported"]) }
        #expect(support.clientTags.allows(.react) == sample.react)
        #expect(support.clientTags.allows(.draftReply) == sample.reply)
        support.apply(["me", "-CLIENTTAGDENY", "are supported"])
        #expect(support.clientTags == ClientTagPolicy())
        #expect(support.clientTags.allows(.react))
    }
}
