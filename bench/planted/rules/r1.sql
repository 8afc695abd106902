-- Exactly one holder on every day: the first holder of a duty begins by :start,
-- each other one when the one before ends, and the last one stays for ever.
-- (Where a first holder begins late and ends wrong, it says the second.)
select 1, duty, 0,
  case when next = until_day then :start when next < until_day then next else until_day end,
  case when next = until_day then from_day when next < until_day then until_day else next end
from (
  select duty, from_day, until_day, lead(from_day, 1, 2147483647) over w as next, lag(duty) over w as before
  from owner window w as (partition by duty order by from_day)
) chain where next <> until_day and next > :start or before is null and from_day > :start
