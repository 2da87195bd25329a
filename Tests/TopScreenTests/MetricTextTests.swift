import NIOCore
import Testing

@testable import TopScreen

@Suite struct MetricTextTests {
    private func samples(_ page: String, _ names: String...) -> [MetricText.Sample] {
        var found: [MetricText.Sample] = []
        MetricText(ByteBuffer(string: page)).forEachSample(of: names) { found.append($0) }
        return found
    }

    @Test("Samples are read with their labels, and those of other names are passed over")
    func read() {
        let page = """
            # HELP a What it is.
            # TYPE a counter
            a{server="x",method="tools/call"} 12
            a 1.5
            ab 3
            b_bucket{le="+Inf"} 4
            """
        #expect(
            samples(page, "a", "b_bucket") == [
                MetricText.Sample(
                    name: "a", labels: [.init("server", "x"), .init("method", "tools/call")], value: 12),
                MetricText.Sample(name: "a", labels: [], value: 1.5),
                MetricText.Sample(name: "b_bucket", labels: [.init("le", "+Inf")], value: 4),
            ])
    }

    @Test("What is escaped in a label is what it stands for, and signs of the format in it end nothing")
    func escapes() {
        let found = samples(#"a{server="one \"two\", {three} \\ four\nfive",b=""} 1"# + "\n", "a")
        #expect(found.map(\.labels) == [[.init("server", "one \"two\", {three} \\ four\nfive"), .init("b", "")]])
        #expect(found.first?.label("c") == "")
    }

    @Test(
        "A line that is no sample is passed over, and the next one is read",
        arguments: [
            #"a{server="x"#, #"a{server="x\"#, "a{server=x} 1", "a{", "a", "a ", "a b", "", "a{server} 1", #"a{="x"#,
        ])
    func broken(line: String) {
        #expect(samples(line + "\na 7\n", "a").map(\.value) == [7])
    }
}
