import GatewayKit
import Testing

@testable import IRCAdapter

@Suite("Typed modes")
struct TypedModeTests {
    private static let room = Address.room(ClientScript.room)

    @Test(
        "signs in several words become one word, and each parameter stays with its mode",
        arguments: [
            ("+k K", "+k K"), ("+k K +f F", "+kf K F"), ("+k K -o bob", "+k-o K bob"),
            ("+o bob -v anna", "+o-v bob anna"), ("+k K +l 5 +m", "+klm K 5"),
            ("-k K +o-v bob anna", "-k+o-v K bob anna"), ("+m +t", "+mt"), ("-m -t", "-mt"),
            ("+b *!*@x +b *!*@y", "+bb *!*@x *!*@y"), ("-l +k K", "-l+k K"), ("+k -x", "+k -x"),
            ("+f +1:2 +k K", "+fk +1:2 K"),
            ("+m-s +s", "+m-s+s"), ("b", "b"), ("o bob", "o bob"), ("+b", "+b"), ("+Z x +k K", "+Zk x K"),
            ("+o bob carl", "+o bob carl"), ("+ +m", "+m"), ("+im", "+im"), ("#c +k K +f F", "+kf K F"),
        ])
    func table(typed: String, sent: String) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANMODES=beI,kf,l,imnst :are supported")
        script.forget()
        _ = script.perform(.ask(.command("mode \(typed)", at: Self.room)))
        #expect(script.written.first == "MODE #c \(sent)")
    }

    @Test(
        "a mode whose parameter is missing is refused if others follow, because they would take each other's parameters",
        arguments: ["+b +k K", "+o +m", "-k +l 5", "+v +o bob"])
    func missing(typed: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.command("mode \(typed)", at: Self.room)))
        #expect(script.written.isEmpty && script.failure(id) == .notAcceptable)
    }

    @Test("modes of people are sent as they were typed")
    func own() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.ask(.command("mode me +s +cC", at: Self.room)))
        #expect(script.written.first == "MODE me +s +cC")
    }
}
