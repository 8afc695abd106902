-- No more posts than the quota: posts and quotas come and go, and after the
-- comings and goings of a day the sum of posts less quotas is not above nought.
select 3, body, kind, min(day), 0
from (
  select body, kind, day, sum(sum(n)) over (partition by body, kind order by day) as beyond
  from (
    select body, kind, from_day as day, 1 as n from post
    union all select body, kind, until_day, -1 from post where until_day < 2147483647
    union all select body, kind, from_day, -posts from quota
    union all select body, kind, until_day, posts from quota where until_day < 2147483647
  ) change group by body, kind, day
) tally where beyond > 0 group by body, kind
