{:ok, _} = List.first([{:error, 1}])
