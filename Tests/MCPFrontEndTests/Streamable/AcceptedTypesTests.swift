import Testing

@testable import MCPFrontEnd

@Suite struct AcceptedTypesTests {
    @Test(
        "An Accept header says which kinds of answers are taken",
        arguments: [
            ([], true, true), (["*/*"], true, true), (["application/json"], true, false),
            (["text/event-stream"], false, true), (["application/json, text/event-stream"], true, true),
            (["application/json", "text/event-stream"], true, true),
            (["Application/JSON;q=0.5 , TEXT/event-stream"], true, true),
            (["application/*"], true, false), (["text/*"], false, true), (["text/html"], false, false),
            ([""], false, false),
            (["application/json;q=0, text/event-stream"], false, true), (["application/json; q=0.000"], false, false),
            (["*/*;q=0.1"], true, true), (["application/jsonx"], false, false),
            (["text/event-stream;charset=utf-8"], false, true),
            (["*/*, application/json;q=0"], false, true), (["application/json;q=0, */*"], false, true),
        ] as [([String], Bool, Bool)])
    func accepts(headers: [String], json: Bool, eventStream: Bool) {
        let types = AcceptedTypes(headers)
        #expect(types.json == json)
        #expect(types.eventStream == eventStream)
    }

    @Test(
        "Only JSON is JSON",
        arguments: [
            ("application/json", true), ("application/json; charset=utf-8", true), ("APPLICATION/JSON ;x", true),
            (nil, false), ("", false), ("text/plain", false), ("application/jsonp", false), ("text/json", false),
            ("application/x-www-form-urlencoded", false), ("application/json,text/plain", false),
            ("multipart/form-data", false),
        ] as [(String?, Bool)])
    func contentTypes(header: String?, expected: Bool) {
        #expect(isJSON(contentType: header) == expected)
    }
}
