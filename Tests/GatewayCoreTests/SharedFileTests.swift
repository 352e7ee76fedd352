import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Files in messages to and from the network")
struct SharedFileTests {
    private static let url = "https://x.example/a.png"
    private static let link = "<x xmlns='jabber:x:oob'><url>\(url)</url></x>"
    private static let shared =
        "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><media-type>image/png</media-type>"
        + "<name>a.png</name><size>7</size></file><sources><url-data xmlns='http://jabber.org/protocol/url-data'"
        + " target='\(url)'/></sources></file-sharing>"
    private static let peer = PeerAddress(network: StoredRules.network, name: "+15550199")

    private func write(_ scene: Scene, _ inside: String) throws {
        try scene.receive(
            from: "anna@home.test/phone", "<message to='+15550199@gw.test' type='chat' id='a1'>\(inside)</message>")
    }

    @Test(
        "A link to a file goes to the network as a file, with the rest of the message as its caption",
        arguments: [
            ("<body>\(url)</body>" + link, File(at: url)), (link, File(at: url)),
            ("<body>look</body>" + link, File(at: url, caption: "look")),
            ("<body>look\nat  this</body>" + link, File(at: url, caption: "look\nat  this")),
            ("<body>see \(url) !</body>" + link, File(at: url, caption: "see \(url) !")),
            (shared, File(at: url, mediaType: "image/png", size: 7, name: "a.png")),
            (
                "<body>\(url)</body>" + link + shared,
                File(at: url, mediaType: "image/png", size: 7, name: "a.png")
            ),
            (
                "<body>two</body>" + link + "<x xmlns='jabber:x:oob'><url>https://x.example/b</url></x>",
                File(at: url, caption: "two\nhttps://x.example/b")
            ),
            (
                "<body>\(url)</body>" + link + "<replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
                File(at: url)
            ),
        ])
    func outbound(inside: String, file: File) throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, inside)
        #expect(try scene.takeRequest().action == .send(.file(file), to: .peer(Self.peer)))
        guard case .appendOutbound(let entry) = scene.changes.first else {
            Issue.record("changes: \(scene.changes)")
            return
        }
        #expect(
            entry.file == file && entry.text.contains(Self.url), "the ledger has the file, and the words with the URL")
    }

    @Test(
        "A link that nobody can fetch stays text",
        arguments: ["xmpp:room@muc.example?join", "ftp://x.example/a", "geo:1,2"])
    func noFile(url: String) throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "<body>look</body><x xmlns='jabber:x:oob'><url>\(url)</url></x>")
        #expect(try scene.takeRequest().action == .send(.text(Text("look\n\(url)")), to: .peer(Self.peer)))
    }

    @Test("A URL that a person types is text")
    func typed() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "<body>\(Self.url)</body>")
        #expect(try scene.takeRequest().action == .send(.text(Text(Self.url)), to: .peer(Self.peer)))
    }

    @Test("A file with the hint no-store is sent from memory only")
    func noStore() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene, "<body>look</body>\(Self.link)<no-store xmlns='urn:xmpp:hints'/>")
        let file = File(at: Self.url, caption: "look")
        #expect(try scene.takeRequest().action == .send(.file(file), to: .peer(Self.peer)))
        guard case .appendOutbound(let entry) = scene.changes.first else {
            Issue.record("changes: \(scene.changes)")
            return
        }
        #expect(entry.file == nil && entry.text == "")
    }

    @Test("A network that takes no files refuses the message in words")
    func refused() throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='+15550199@gw.test' type='chat' id='a0'><body>hello</body></message>")
        _ = scene.takeRequests()
        scene.capabilities = Capabilities([.text: .full])
        try write(scene, "<body>look</body>" + Self.link)
        #expect(scene.takeRequests().isEmpty)
        let error = try #require(scene.messages.first?.stanzaError)
        #expect(error.condition == .featureNotImplemented && error.text?.contains("pictures") == true)
    }

    @Test("A file from the network is shown as a link and as a shared file, with its URL as body")
    func inbound() throws {
        let scene = try StoredDeliveryTests.scene()
        let file = File(at: Self.url, mediaType: "image/png", size: 7, name: "a.png")
        scene.event(
            .message(InboundMessage(from: .peer(Self.peer), .file(file), id: MessageID("p1"))), network: "phone",
            token: 1)
        #expect(scene.storageAnswers == [StorageToken(1): .stored])
        let message = try #require(scene.messages.first)
        #expect(message.body == Self.url)
        #expect(message.payload.compactMap { try? LinkedFile($0) } == [LinkedFile(Self.url)])
        let metadata = FileMetadata(mediaType: "image/png", name: "a.png", size: 7)
        #expect(
            message.payload.compactMap { try? SharedFile($0) } == [
                SharedFile([Self.url], metadata, disposition: .inline)
            ])
    }

    @Test("A file that is no picture, sound or video is not shown in place; a caption stands before the URL")
    func attachment() {
        let file = File(at: Self.url, mediaType: "text/vcard", caption: "Ben")
        let shown = file.elements.compactMap { try? SharedFile($0) }.first
        #expect(shown?.disposition == .attachment)
        #expect(file.elements.first?.text == "Ben\n\(Self.url)")
    }
}
