import GatewayKit
import Testing

@testable import IRCAdapter

@Suite("IRC: the form of a channel")
struct ChannelFormTests {
    private let room = ClientScript.room

    @Test("Changes that are too long for one line are split, and nothing is cut off")
    func splitByBytes() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me MODES=12 CHANMODES=b,k,fjHd,mnt :x", ":s 324 me #c +nt")
        script.forget()
        let values = ["f", "j", "H", "d"].map { ($0, String(repeating: $0, count: 195)) }
        let settings = values.map { ("mode-\($0)", SettingValue.text($1)) }
        _ = script.perform(.room(room, .settings(Dictionary(settings) { first, _ in first })))
        let lines = script.takeWritten().filter { $0.hasPrefix("MODE") }
        #expect(lines.count == 2 && lines.allSatisfy { $0.utf8.count <= 510 })
        for (_, value) in values { #expect(lines.contains { $0.contains(value) }) }
    }

    @Test("The flag P is the setting persistent, and P with a parameter is not", arguments: ["lP,n", "l,nP"])
    func persistent(modes: String) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANMODES=b,k,\(modes) :x")
        _ = script.perform(.ask(.settings(room)))
        try script.receive(":s 324 me #c +n")
        guard case .answer(_, .settings(let form))? = script.events.last else {
            Issue.record("no form")
            return
        }
        let isFlag = modes.hasSuffix("P")
        #expect(form.settings.contains { $0.name == "persistent" } == isFlag)
        #expect(form.settings.contains { $0.name == "mode-P" } != isFlag)
    }

    @Test("Every mode of the form has words, with its letter")
    func labels() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANMODES=b,k,lfjHLJ,mntspircCQNRMAx :x")
        _ = script.perform(.ask(.settings(room)))
        try script.receive(":s 324 me #c +nt")
        guard case .answer(_, .settings(let form))? = script.events.last else {
            Issue.record("no form")
            return
        }
        #expect(form.settings.count == 22)
        for setting in form.settings {
            #expect(setting.label.contains("(") && !setting.label.hasPrefix("Mode "), "\(setting.label)")
        }
        #expect(form.settings.first { $0.name == "mode-L" }?.label.contains("when this one is full") == true)
    }
}
