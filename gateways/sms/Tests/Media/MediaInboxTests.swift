import Foundation
import GatewayKit
import GatewayTesting
import HTTP
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import SMSAdapter

@Suite("Files of inbound messages")
final class MediaInboxTests {
    private static let profile = """
        profile: 1
        id: trial
        settings:
          token: {required: true}
        send:
          request: {method: POST, url: "https://api.trial.example/send", form: {text: "{{msg.text}}"}}
          accept: {http: [200]}
          result: {id: none}
        hooks:
          inbound:
            methods: [POST]
            body: json
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            fields: {id: "json:/id", from: "json:/from", to: "json:/to", text: "json:/text", media: {each: /media, url: "json:/url", type: "json:/type"}}
        media: {hosts: [cdn.example]}
        tests:
          - {name: a, settings: {token: t}, send: {from: "+15550001111", to: "+15551234567", text: hi}, response: {http: 200, body: ""}, outcome: accepted}
          - {name: b, settings: {token: t}, hook: inbound, request: {method: POST, body: "{}"}, refused: unverified}
          - {name: c, settings: {token: t}, media: "https://cdn.example/1", request: {method: GET}}
        """
    private static let jpeg = String(decoding: [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x21], as: UTF8.self)

    private let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private let files = FakeProvider()

    deinit { try? FileManager.default.removeItem(atPath: place) }

    private func gateway(folder: Bool = true, start: Bool = true) throws -> Gateway {
        let gateway = try Gateway(
            profile: Self.profile, settings: "{token: t}", media: folder ? "{folder: \(place)}" : "{}", files: files)
        if start { gateway.start() }
        gateway.loop.run()
        return gateway
    }

    private func call(
        _ gateway: Gateway, _ text: String = "look", urls: [String] = ["https://cdn.example/1"],
        from: String = "+15551234567", id: String = "m1", type: String = "image/gif"
    ) -> Int? {
        let media = urls.map { "{\"url\": \"\($0)\", \"type\": \"\(type)\"}" }.joined(separator: ",")
        let body =
            #"{"id": "\#(id)", "from": "\#(from)", "to": "+15550001111", "text": "\#(text)", "media": [\#(media)]}"#
        return gateway.call(
            WebhookRequest(.post, path: "/box/inbound", rawQuery: "token=t", body: Array(body.utf8)))?.status
    }

    /// The messages of the session: texts as they are, files as `media type @ URL's ending`.
    private func shown(_ gateway: Gateway) -> [String] { gateway.sink.messages.map(Self.shown) }

    private static func shown(_ message: InboundMessage) -> String {
        switch message.content {
        case .text(let text): text.body
        case .file(let file): "\(file.mediaType ?? "") \(file.name ?? "") \(file.size ?? 0)"
        default: "?"
        }
    }

    private var jobs: [String] { (try? FileManager.default.contentsOfDirectory(atPath: place + "/jobs")) ?? [] }

    @Test("The text comes first, then each file in its order, from our own address")
    func order() throws {
        files.answer(.http(200, Self.jpeg), .http(200, "%PDF-1"))
        let gateway = try gateway()
        _ = gateway.open()
        #expect(call(gateway, urls: ["https://cdn.example/1", "https://cdn.example/2"]) == 200)
        gateway.loop.run()
        #expect(shown(gateway) == ["look", "image/gif picture-1.gif 7", "application/pdf file-2.pdf 6"])
        let messages = gateway.sink.messages
        #expect(
            messages.map(\.id?.rawValue) == [
                "box/+15550001111/m1", "box/+15550001111/m1/file/1", "box/+15550001111/m1/file/2",
            ])
        guard case .file(let file) = messages[1].content else { return }
        #expect(file.address.hasPrefix("https://gw.example/media/sms.example/") && file.address.hasSuffix(".gif"))
        let path = String(file.address.dropFirst("https://gw.example/media/sms.example".count))
        let size = Mutex<Int?>(nil)
        try #require(gateway.adapter.mediaServer).receive(WebhookRequest(.get, path: path)) { reply in
            size.withLock { $0 = reply.file?.size }
        }
        #expect(size.withLock { $0 } == 7)
        #expect(jobs.isEmpty)
    }

    @Test("A message with files alone shows no text")
    func bare() throws {
        files.answer(.http(200, Self.jpeg))
        let gateway = try gateway()
        _ = gateway.open()
        #expect(call(gateway, "") == 200)
        gateway.loop.run()
        #expect(shown(gateway) == ["image/gif picture-1.gif 7"])
    }

    @Test("The call is answered, and the text shown, before the provider gives the file")
    func slowHost() throws {
        files.hold()
        let gateway = try gateway()
        _ = gateway.open()
        #expect(call(gateway) == 200)
        gateway.loop.run()
        #expect(shown(gateway) == ["look"] && jobs.count == 1)
        #expect(call(gateway, "other", urls: [], id: "m2") == 200)
        #expect(shown(gateway) == ["look", "other"])
        files.release(.http(200, Self.jpeg))
        gateway.loop.run()
        #expect(shown(gateway).last == "image/gif picture-1.gif 7" && jobs.isEmpty)
    }

    @Test("A dead host delays the files of one sender only, which come in their order")
    func lanes() throws {
        files.answer(.failure(.notSent(.refused)))
        files.answerAlways(.http(200, Self.jpeg))
        let gateway = try gateway()
        _ = gateway.open()
        _ = call(gateway, "one", id: "m1")
        _ = call(gateway, "two", id: "m2")
        _ = call(gateway, "three", from: "+15557654321", id: "m3")
        gateway.loop.run()
        #expect(shown(gateway) == ["one", "three", "image/gif picture-1.gif 7"])
        gateway.loop.advanceTime(by: .seconds(5))
        #expect(shown(gateway).suffix(3) == ["image/gif picture-1.gif 7", "two", "image/gif picture-1.gif 7"])
    }

    @Test("A file that cannot be fetched is told to the user, with its address")
    func lost() throws {
        files.answerAlways(.http(404))
        let gateway = try gateway()
        _ = gateway.open()
        _ = call(gateway)
        gateway.loop.run()
        #expect(files.requests.count == 1)
        for (seconds, count) in [(5, 2), (30, 3), (120, 4), (600, 5), (3_000, 5)] {
            gateway.loop.advanceTime(by: .seconds(Int64(seconds)))
            #expect(files.requests.count == count)
        }
        #expect(
            shown(gateway) == [
                "look",
                "[A picture of this message could not be fetched: the provider answers with status 404."
                    + " https://cdn.example/1]",
            ])
        #expect(jobs.isEmpty)
    }

    @Test("A file that is too large is told at once, and the next one is fetched")
    func tooLarge() throws {
        files.answer(.failure(.outcomeUnknown(.answerTooLarge)), .http(200, Self.jpeg))
        let gateway = try gateway()
        _ = gateway.open()
        _ = call(gateway, urls: ["https://cdn.example/1", "https://cdn.example/2"])
        gateway.loop.run()
        #expect(shown(gateway).count == 3 && shown(gateway)[1].contains("it is too large"))
        #expect(shown(gateway)[2] == "image/gif picture-2.gif 7")
    }

    @Test("Files at other hosts are not fetched; their addresses stay in the text")
    func otherHosts() throws {
        let gateway = try gateway()
        _ = gateway.open()
        #expect(call(gateway, urls: ["https://evil.example/1", "http://169.254.169.254/"]) == 200)
        #expect(shown(gateway) == ["look\nhttps://evil.example/1\nhttp://169.254.169.254/"])
        files.answer(.http(200, Self.jpeg))
        _ = call(gateway, "both", urls: ["https://evil.example/1", "https://cdn.example/1"], id: "m2")
        gateway.loop.run()
        #expect(shown(gateway).suffix(2) == ["both\nhttps://evil.example/1", "image/gif picture-1.gif 7"])
        #expect(files.requests.map(\.url) == ["https://cdn.example/1"])
    }

    @Test("Without a folder, and with a folder that cannot be used, the addresses stay in the text")
    func noFolder() throws {
        let gateway = try gateway(folder: false)
        _ = gateway.open()
        #expect(call(gateway) == 200)
        #expect(shown(gateway) == ["look\nhttps://cdn.example/1"])
        try Data().write(to: URL(fileURLWithPath: place))
        let other = try self.gateway()
        _ = other.open()
        #expect(call(other) == 200)
        #expect(shown(other) == ["look\nhttps://cdn.example/1"])
    }

    @Test("If the folder can be written no more, a message is a text with the addresses of its files")
    func unwritable() throws {
        let gateway = try gateway()
        _ = gateway.open()
        let jobs = URL(fileURLWithPath: place + "/jobs")
        try FileManager.default.removeItem(at: jobs)
        try Data().write(to: jobs)
        #expect(call(gateway) == 200)
        #expect(shown(gateway) == ["look\nhttps://cdn.example/1"])
    }

    @Test("A repeated call is answered, and brings nothing twice")
    func repeated() throws {
        files.hold()
        let gateway = try gateway()
        _ = gateway.open()
        #expect(call(gateway) == 200)
        #expect(call(gateway) == 200)
        files.release(.http(200, Self.jpeg))
        gateway.loop.run()
        #expect(call(gateway) == 200)
        gateway.loop.run()
        #expect(shown(gateway) == ["look", "image/gif picture-1.gif 7"])
    }

    @Test("After a restart, an unfinished message goes on with the same ids and addresses")
    func restart() throws {
        files.hold()
        let first = try gateway()
        _ = first.open()
        _ = call(first)
        first.loop.run()
        #expect(shown(first) == ["look"])

        let other = FakeProvider()
        other.answer(.http(200, Self.jpeg))
        let second = try Gateway(
            profile: Self.profile, settings: "{token: t}", media: "{folder: \(place)}", files: other)
        _ = second.open()
        second.start()
        second.loop.run()
        #expect(shown(second) == ["look", "image/gif picture-1.gif 7"], "the core knows the text by its id")
        #expect(second.sink.messages.first?.id == first.sink.messages.first?.id)
        #expect(jobs.isEmpty)
    }

    @Test("If the core does not take a message, it is offered again")
    func notTaken() throws {
        files.answerAlways(.http(200, Self.jpeg))
        let gateway = try gateway()
        _ = gateway.open()
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(call(gateway) == 200, "the message is on disk")
        gateway.loop.run()
        #expect(jobs.count == 1)
        gateway.sink.answer = .stored
        gateway.loop.advanceTime(by: .seconds(10))
        #expect(shown(gateway) == ["look", "look", "image/gif picture-1.gif 7"])
        #expect(Set(gateway.sink.messages.map(\.id)).count == 2 && jobs.isEmpty)
    }

    @Test("Another user of the number gets nothing of an earlier message")
    func otherUser() throws {
        files.hold()
        let gateway = try gateway()
        let session = gateway.open()
        _ = call(gateway)
        gateway.loop.run()
        session.close(reason: "") {}
        let sink = RecordingSink()
        let account = Account(
            id: AccountID(user: UserID("another"), network: SMSRules.network), preferredNick: "x",
            settings: ["phone": Gateway.alice])
        _ = gateway.adapter.open(account, events: sink.sink)
        files.release(.http(200, Self.jpeg))
        gateway.loop.run()
        #expect(sink.messages.isEmpty && jobs.isEmpty)
    }

    @Test("The layout of a message with several files is not shown")
    func layout() throws {
        files.answer(.http(200, "<smil><head/></smil>"), .http(200, Self.jpeg))
        let gateway = try gateway()
        _ = gateway.open()
        _ = call(gateway, urls: ["https://cdn.example/1", "https://cdn.example/2"])
        gateway.loop.run()
        #expect(shown(gateway) == ["look", "image/gif picture-2.gif 7"])
        _ = call(gateway, "smil", id: "m2", type: "application/smil; charset=utf-8")
        gateway.loop.run()
        #expect(shown(gateway).last == "smil" && files.requests.count == 2)
    }

    @Test("Waiting messages of one sender are bounded; further ones have addresses in the text")
    func bound() throws {
        files.hold()
        let gateway = try gateway()
        _ = gateway.open()
        for index in 0...MediaInbox.mostPerSender { _ = call(gateway, "t\(index)", id: "m\(index)") }
        gateway.loop.run()
        #expect(shown(gateway) == ["t0", "t\(MediaInbox.mostPerSender)\nhttps://cdn.example/1"])
        #expect(jobs.count == MediaInbox.mostPerSender)
    }

    @Test("STOP with a picture counts as STOP")
    func consent() throws {
        files.hold()
        let gateway = try gateway()
        _ = gateway.open()
        _ = call(gateway, "STOP")
        gateway.loop.run()
        #expect(gateway.sink.messages.first?.consent == .withdrawn)
    }
}
