#!/bin/sh
# The least server over standard input and output, of whichever era it is asked in: it starts in a millisecond, so that
# thousands of them can be started. A call of the tool "slow" is never answered.
tools='{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[{"name":"t","inputSchema":{"type":"object"}}]}'
info='{"name":"churn","version":"1"}'
while IFS= read -r line; do
    case $line in
    *'"id":'*) ;;
    *) continue ;;
    esac
    id=${line#*'"id":'}
    id=${id%%[,\}]*}
    case $line in
    *'"initialize"'*)
        result='{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":'$info'}' ;;
    *'"server/discover"'*)
        if [ "$1" = legacy ]; then
            printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"Method not found"}}\n' "$id"
            continue
        fi
        result='{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}},'
        result=$result'"ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":'$info'}}' ;;
    *'"subscriptions/listen"'*)
        printf '{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":'
        printf '{"io.modelcontextprotocol/subscriptionId":%s},"notifications":{"toolsListChanged":true}}}\n' "$id"
        continue ;;
    *'"tools/list"'*) result=$tools ;;
    *'"slow"'*) continue ;;
    *) result='{"resultType":"complete","content":[{"type":"text","text":"ok"}]}' ;;
    esac
    printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
done
