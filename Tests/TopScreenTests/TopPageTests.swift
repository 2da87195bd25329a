import Testing

@testable import TopScreen

@Suite struct TopPageTests {
    private func lines(_ page: TopPage, _ columns: Int, _ lines: Int) -> [String] {
        var page = page
        return page.frame(columns: columns, lines: lines).lines.map(\.text)
    }

    private func press(_ page: inout TopPage, _ keys: String) -> [TopPage.Wish] {
        var reader = KeyReader()
        return reader.keys(keys.utf8).map { page.press($0) }
    }

    @Test("A page is never larger than its terminal, whatever that is and whatever servers are called")
    func sizes() throws {
        let name = String(repeating: "漢", count: 60)
        let page = TopPage(
            try Samples.moment(
                at: 0,
                #""\#(name)":{"state":"header needed","transport":"streamable-http","error":"\#(name)"},"b\u001b[31m\u202e":{"state":"failed","error":"a\nb"}"#
            ))
        for columns in [1, 2, 5, 10, 20, 40, 80, 132, 300] {
            for count in [1, 2, 3, 5, 8, 24] {
                var page = page
                for key: KeyReader.Key in [.character("j"), .character("?"), .character("x"), .character("/")] {
                    let frame = page.frame(columns: columns, lines: count)
                    #expect(frame.lines.count <= count)
                    for line in frame.lines {
                        #expect(line.width <= columns, "\(columns): \(line.text)")
                        #expect(!line.text.contains("\u{1B}") && !line.text.contains("\u{202E}"))
                    }
                    _ = page.press(key)
                }
            }
        }
    }

    @Test("With little room there are the name and the state, with more the numbers, with much why something failed")
    func columns() throws {
        let page = TopPage(try Samples.moment(at: 0, #""crash":{"state":"failed","error":"it ended"}"#))
        #expect(lines(page, 20, 5).contains { $0.hasPrefix("crash") && $0.contains("failed") })
        #expect(lines(page, 20, 5).contains("  it ended"))
        let header = lines(page, 80, 24).first { $0.hasPrefix("SERVER") } ?? ""
        for title in ["STATE", "/MIN", "ERRORS", "P50", "P99", "BUSY", "MEM", "CPU"] { #expect(header.contains(title)) }
        let wide = lines(page, 160, 24)
        #expect(wide.contains { $0.hasPrefix("crash") && $0.hasSuffix("it ended") })
        #expect(wide.contains { $0.contains("TRANSPORT") && $0.contains("ERA") && $0.hasSuffix("LAST ERROR") })
    }

    @Test("Columns stand below their titles, behind wide characters too")
    func alignment() throws {
        let page = TopPage(try Samples.moment(at: 0, #""漢字":{"state":"ready"},"ab":{"state":"ready"}"#))
        let rows = lines(page, 80, 24).filter { $0.contains("ready") && !$0.contains("server") }
        #expect(rows.count == 2)
        let starts = rows.map { CellText.width(String($0.prefix { $0 != "r" })) }
        #expect(starts[0] == starts[1])
    }

    @Test("The order goes round, with the most at the top")
    func order() throws {
        var page = TopPage(try Samples.many(3))
        #expect(
            lines(page, 80, 24).filter { $0.hasPrefix("server-") }.map { $0.prefix(8) } == [
                "server-0", "server-1", "server-2",
            ])
        _ = press(&page, "s")
        #expect(page.order == .calls)
        #expect(
            lines(page, 80, 24).filter { $0.hasPrefix("server-") }.map { $0.prefix(8) } == [
                "server-2", "server-1", "server-0",
            ])
        _ = press(&page, "ssss")
        #expect(page.order == .name)
    }

    @Test("Somebody scrolls through all of it and no further, also after the terminal has become larger")
    func scrolling() throws {
        var page = TopPage(try Samples.many(500))
        func first(_ lines: Int) -> String? {
            page.frame(columns: 80, lines: lines).lines.map(\.text).first { $0.hasPrefix("server-") }.map {
                String($0.prefix { $0 != " " })
            }
        }
        #expect(first(24) == "server-0")
        _ = press(&page, "jjk")
        #expect(first(24) == "server-1")
        _ = press(&page, "G")
        #expect(first(24) == "server-81")
        _ = press(&page, "j")
        #expect(first(24) == "server-81")
        #expect(first(600) == "server-0")
        _ = press(&page, "G")
        _ = first(24)
        _ = press(&page, "\u{1B}[5~g")
        #expect(first(24) == "server-0")
    }

    @Test("A filter shows the servers that have it, until somebody takes it away")
    func filter() throws {
        var page = TopPage(try Samples.many(20))
        #expect(press(&page, "/SERVER-1q") == Array(repeating: .nothing, count: 10))
        #expect(lines(page, 80, 24).last?.hasPrefix("/SERVER-1q_") == true)
        #expect(lines(page, 80, 24).contains("no server has this in its name or state"))
        _ = press(&page, "\u{7F}\r")
        #expect(lines(page, 80, 24).filter { $0.hasPrefix("server-") }.count == 11)
        #expect(lines(page, 80, 24).last?.contains("/SERVER-1: 11 of 20") == true)
        _ = press(&page, "\u{1B}")
        #expect(lines(page, 80, 24).filter { $0.hasPrefix("server-") }.count == 20)
    }

    @Test("Keys that mean more than drawing say so, and help is left with any key")
    func wishes() throws {
        var page = TopPage(try Samples.many(1))
        #expect(press(&page, "qr\u{3}\u{C}") == [.quit, .refresh, .quit, .redraw])
        #expect(press(&page, "?") == [.nothing])
        #expect(lines(page, 80, 24).contains { $0.contains("ends it") })
        #expect(press(&page, "x") == [.nothing])
        #expect(lines(page, 80, 24).contains { $0.hasPrefix("SERVER") })
        #expect(press(&page, "hq") == [.nothing, .quit])
    }

    @Test("A problem is told with its time until there is an answer, and servers stay in sight")
    func problems() throws {
        var page = TopPage(try Samples.many(3))
        page.show(problem: ["no proxy answers", "start it"], at: 3_600)
        page.show(problem: ["no proxy answers", "start it"], at: 7_200)
        let seen = lines(page, 80, 24)
        #expect(seen.contains("no proxy answers (since 01:00:00Z, tried again)") && seen.contains("start it"))
        #expect(seen.contains { $0.hasPrefix("server-2") })
        #expect(lines(page, 80, 2).first?.hasPrefix("no proxy answers") == true)
        page.show(try Samples.many(3))
        #expect(!lines(page, 80, 24).contains { $0.contains("no proxy answers") })
    }

    @Test("An answer that does not come is told to be missing")
    func late() throws {
        var page = TopPage(try Samples.many(1))
        page.lookAtClock(1_006, interval: 2)
        #expect(page.problem == nil)
        page.lookAtClock(1_008, interval: 2)
        #expect(lines(page, 80, 24).contains("the proxy gives no answer (since 00:16:40Z, tried again)"))
    }

    @Test("The head says how the proxy and its servers are")
    func head() throws {
        var moment = try Samples.moment(
            at: 0, #""a":{"state":"ready"},"b":{"state":"ready"},"c":{"state":"failed"}"#,
            "mcp_proxy_build_info{version=\"1.2.3\"} 1\nmcp_proxy_sessions 1\nmcp_proxy_streams 4\nprocess_start_time_seconds 940.0\nprocess_resident_memory_bytes 47400000.0\n"
        )
        #expect(
            lines(TopPage(moment), 100, 24)[0]
                == "mcp-proxy 1.2.3  up 1m00s  1 session  4 streams  0 calls/s  45.2M memory  00:16:40Z")
        #expect(lines(TopPage(moment), 100, 24)[1].hasPrefix("3 servers: 2 ready, 1 failed"))
        moment.withoutMetrics = "there is nothing"
        #expect(lines(TopPage(moment), 100, 24).contains("no metrics: there is nothing"))
    }

    @Test("For a file there are no steps for a terminal, and nothing is cut")
    func file() throws {
        let text = TopPage(try Samples.many(100)).text(columns: nil)
        #expect(text.count == 104 && !text.joined().contains("\u{1B}"))
    }
}
