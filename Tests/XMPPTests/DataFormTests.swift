import Testing
import XML
import XMPP

@Suite("Data forms (XEP-0004)")
struct DataFormTests {
    @Test("a form with everything")
    func form() throws {
        try expectBothWays(
            DataForm(
                .form, title: "T", instructions: ["one", "two"],
                fields: [
                    DataForm.formType("jabber:iq:register"),
                    DataForm.Field(nil, .fixed, values: ["Section"]),
                    DataForm.Field(
                        "net", .listSingle, label: "Network", explanation: "Which", isRequired: true,
                        values: ["a"], options: [DataForm.Option("a", label: "A"), DataForm.Option("b")]),
                    DataForm.Field("lines", .textMulti, values: ["1", "", "3"]),
                ]),
            """
            <x xmlns='jabber:x:data' type='form'><title>T</title><instructions>one</instructions>\
            <instructions>two</instructions><field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value>\
            </field><field type='fixed'><value>Section</value></field><field var='net' type='list-single' \
            label='Network'><desc>Which</desc><required/><value>a</value><option label='A'><value>a</value></option>\
            <option><value>b</value></option></field><field var='lines' type='text-multi'><value>1</value><value/>\
            <value>3</value></field></x>
            """)
    }

    @Test("every field type", arguments: DataForm.Field.Kind.allCases)
    func types(kind: DataForm.Field.Kind) throws {
        try expectBothWays(
            DataForm(.form, fields: [DataForm.Field("f", kind)]),
            "<x xmlns='jabber:x:data' type='form'><field var='f' type='\(kind.rawValue)'/></x>")
    }

    @Test("submission, cancellation, and a result with rows")
    func otherKinds() throws {
        try expectBothWays(
            DataForm(.submit, fields: [DataForm.Field("a", values: ["1"])]),
            "<x xmlns='jabber:x:data' type='submit'><field var='a'><value>1</value></field></x>")
        try expectBothWays(DataForm(.cancel), "<x xmlns='jabber:x:data' type='cancel'/>")
        try expectBothWays(
            DataForm(
                .result, reported: [DataForm.Field("n", label: "Name")],
                items: [[DataForm.Field("n", values: ["x"])], [DataForm.Field("n", values: ["y"])]]),
            """
            <x xmlns='jabber:x:data' type='result'><reported><field var='n' label='Name'/></reported>\
            <item><field var='n'><value>x</value></field></item><item><field var='n'><value>y</value></field></item></x>
            """)
    }

    @Test("an unknown field type counts as text-single, an option without value is dropped")
    func lenient() throws {
        let form = try DataForm(
            read("<x xmlns='jabber:x:data' type='form'><field var='a' type='odd'><option/></field><other/></x>"))
        #expect(form == DataForm(.form, fields: [DataForm.Field("a", .textSingle)]))
    }

    @Test(
        "a form without a known type is refused",
        arguments: ["<x xmlns='jabber:x:data'/>", "<x xmlns='jabber:x:data' type='odd'/>", "<x type='form'/>"])
    func refused(xml: String) throws { try expectRefused(DataForm.self, xml) }

    @Test("values are found by name")
    func values() {
        let form = DataForm(
            .submit,
            fields: [
                DataForm.formType("u"), DataForm.Field("yes", values: ["1"]), DataForm.Field("no", values: ["false"]),
                DataForm.Field("many", values: ["a", "b"]), DataForm.Field("none"),
            ])
        #expect(form.formType == "u")
        #expect(form.flag("yes") == true && form.flag("no") == false && form.flag("many") == nil)
        #expect(form.values("many") == ["a", "b"] && form.value("many") == "a")
        #expect(form.value("none") == nil && form["none"] != nil && form["gone"] == nil && form.values("gone") == [])
    }
}
